// Minifies the bundles of a folder in place and writes a .br and a .gz beside
// every text and wasm file. Called by vendor_ohif.py with the folder's path.
//
// Licence comments of what the bundles contain go to THIRD-PARTY-NOTICES.txt.

import { mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { build } from 'esbuild';

const COMPRESSIBLE = /\.(js|css|html|json|svg|wasm|txt)$/;
const SMALLEST = 1024; // below this, headers weigh more than what is saved

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function minify(folder) {
  const bundles = (await readdir(folder)).filter(name => /\.bundle\.[0-9a-f]+\.js$/.test(name));
  const made = await mkdtemp(join(folder, '.minified-'));
  await build({
    entryPoints: bundles.map(name => join(folder, name)),
    outdir: made,
    minify: true,
    target: 'es2022',
    legalComments: 'external',
    logLevel: 'error', // the bundles bring warnings of their own that nobody here can act on
  });
  await collectNotices(folder, made, bundles);
  for (const name of bundles) {
    await rename(join(made, name), join(folder, name));
  }
  await rm(made, { recursive: true });
}

async function collectNotices(folder, made, bundles) {
  const notices = new Set();
  for (const name of bundles) {
    const text = await readFile(join(made, `${name}.LEGAL.txt`), 'utf8').catch(() => '');
    for (const notice of text.split(/\n(?=\/\*|\/\/)/)) {
      notices.add(notice.trim());
    }
  }
  notices.delete('');
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), [...notices].join('\n\n') + '\n');
}

async function compress(path) {
  const content = await readFile(path);
  if (content.length < SMALLEST) {
    return;
  }
  const quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 };
  await writeFile(`${path}.br`, await brotli(content, { params: quality }));
  await writeFile(`${path}.gz`, await gzip(content, { level: 9 }));
}

async function filesBelow(folder) {
  const names = await readdir(folder, { recursive: true });
  const found = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (COMPRESSIBLE.test(name) && (await stat(path)).isFile()) {
      found.push(path);
    }
  }
  return found;
}

const [folder] = process.argv.slice(2);
await minify(folder);
await Promise.all((await filesBelow(folder)).map(compress));

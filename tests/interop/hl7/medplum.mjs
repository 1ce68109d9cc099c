// A sender made of @medplum/hl7: sends messages, and waits for what acknowledges each.
//
// node medplum.mjs MODULES PORT: prints one JSON object, MSA-1 and MSA-2 of each answer.
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, port] = process.argv.slice(2);
const require = createRequire(join(modules, "medplum.cjs"));
const { Hl7Client, ReturnAckCategory } = require("@medplum/hl7");
const { Hl7Message } = require("@medplum/core");

function admission(controlId, name, accept = "", application = "") {
  return Hl7Message.parse(
    [
      "MSH|^~\\&|RIS|HOSP|PACS|HOSP|20260301080000+0000||ADT^A04^ADT_A01|" +
        `${controlId}|P|2.5.1|||${accept}|${application}||UNICODE UTF-8`,
      `PID|||MED1^^^HOSP^PI||${name}||19800229|F`,
    ].join("\r"),
  );
}

function told(answer) {
  const msa = answer.getSegment("MSA");
  return [msa.getField(1).toString(), msa.getField(2).toString()];
}

const client = new Hl7Client({ host: "127.0.0.1", port: Number(port), keepAlive: true });
const answers = {};

answers.original = told(await client.sendAndWait(admission("MP1", "MARTIN^ÉLODIE")));
// One after another: it takes all that comes in one read for one answer.
answers.several = [];
for (let at = 0; at < 20; at++)
  answers.several.push(told(await client.sendAndWait(admission(`MP2-${at}`, "MARTIN^ÉLODIE"))));
answers.commit = told(
  await client.sendAndWait(admission("MP3", "MARTIN^ÉLODIE", "AL", "NE"), {
    returnAck: ReturnAckCategory.FIRST,
  }),
);
// For the same reason again, where both acknowledgements came in one read.
for (let at = 0; at < 5 && !answers.application; at++) {
  const message = admission(`MP4-${at}`, "MARTIN^ÉLODIE", "AL", "AL");
  const options = { returnAck: ReturnAckCategory.APPLICATION, timeoutMs: 5000 };
  await client.sendAndWait(message, options).then(
    (answer) => (answers.application = told(answer)),
    () => {},
  );
}
const nobody = admission("MP5", "NOBODY^AT ALL");
nobody.getSegment("PID").setField(3, "");
try {
  answers.refused = told(await client.sendAndWait(nobody));
} catch (problem) {
  answers.refused = String(problem);
}
await client.close();

const large = new Hl7Client({ host: "127.0.0.1", port: Number(port) });
const document = Buffer.alloc(3 << 20, "%PDF-1.4 ").toString("base64");
answers.large = told(
  await large.sendAndWait(
    Hl7Message.parse(
      [
        "MSH|^~\\&|RIS|HOSP|PACS|HOSP|20260301090000+0000||ORU^R01^ORU_R01|MP6|P|2.5.1",
        "PID|||MED1^^^HOSP^PI||MARTIN^ELODIE",
        `OBR|1|PMED|FMED|CT^CT thorax^L${"|".repeat(21)}F`,
        `OBX|1|ED|R^Report^L||^application^pdf^Base64^${document}||||||F`,
      ].join("\r"),
    ),
  ),
);
await large.close();

console.log(JSON.stringify(answers));
process.exit(0);

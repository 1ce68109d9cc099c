/** Pictures, a report and a document, drawn on the spot. */
import type { StudyDetail } from '../../src/api/types.ts'
import { json, problem } from './answers.ts'

function thumbnail(series: string): Response {
  const seed = series.split('.').reduce((sum, part) => (sum * 31 + Number(part)) % 997, 7)
  const [width, height, turn] = [38 + (seed % 22), 46 + (seed % 17), (seed % 40) - 20]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect width="160" height="160"/><g transform="rotate(${turn} 80 80)"><ellipse cx="80" cy="80" rx="${width}" ry="${height}" fill="#3d3d3d" stroke="#bdbdbd" stroke-width="5"/><ellipse cx="${80 - width / 3}" cy="80" rx="${width / 4}" ry="${height / 2}" fill="#111"/><ellipse cx="${80 + width / 3}" cy="80" rx="${width / 4}" ry="${height / 2}" fill="#111"/><circle cx="80" cy="${80 + height / 2}" r="9" fill="#dedede"/></g></svg>`
  return new Response(svg, { headers: { 'Content-Type': 'image/svg+xml' } })
}

const code = (meaning: string) => ({ vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: [meaning] } }] })
const text = (name: string, value: string) => ({ '0040A040': { vr: 'CS', Value: ['TEXT'] }, '0040A043': code(name), '0040A160': { vr: 'UT', Value: [value] } })

const report = (series: string) => [{
  '00080018': { vr: 'UI', Value: [`${series}.1`] },
  '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
  '0040A043': code('Compte rendu d’imagerie'),
  '0040A730': { vr: 'SQ', Value: [
    text('Indication', 'Dépistage organisé. Pas d’antécédent.'),
    { '0040A040': { vr: 'CS', Value: ['CONTAINER'] }, '0040A043': code('Résultats'), '0040A730': { vr: 'SQ', Value: [
      text('Constatation', 'Densité mammaire de type B. Absence de masse suspecte, de distorsion architecturale ou de foyer de microcalcifications.'),
      { '0040A040': { vr: 'CS', Value: ['NUM'] }, '0040A043': code('Plus grand diamètre'), '0040A300': { vr: 'SQ', Value: [{ '0040A30A': { vr: 'DS', Value: [12] }, '004008EA': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['mm'] } }] } }] } },
    ] } },
    text('Conclusion', 'Examen normal. ACR 1 des deux côtés.'),
  ] },
}]

const document = (series: string, mediaType: string) => [{
  '00080018': { vr: 'UI', Value: [`${series}.1`] }, '00420010': { vr: 'ST', Value: ['Courrier'] }, '00420012': { vr: 'LO', Value: [mediaType] },
}]

const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 74>>stream
BT /F1 18 Tf 72 760 Td (Cher confrere, merci de recevoir ce patient.) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>`

export function dicomweb(path: string, studies: readonly StudyDetail[]): Response {
  const match = /^\/dicomweb\/studies\/([\d.]+)\/series\/([\d.]+)\/(.+)$/.exec(path)
  const [, study = '', series = '', rest = ''] = match ?? []
  const found = studies.find((each) => each.uid === study)?.series.find((each) => each.uid === series)
  if (!found) return problem(404, 'Not found')
  if (rest === 'thumbnail') return thumbnail(series)
  if (rest === 'metadata') return json(found.kind === 'report' ? report(series) : document(series, found.modality === 'M3D' ? 'model/stl' : 'application/pdf'))
  if (rest.endsWith('/rendered')) return new Response(pdf, { headers: { 'Content-Type': 'application/pdf' } })
  return problem(404, 'Not found')
}

/** Modalities of a study (PS3.3 C.7.3.1.1.1): what was acquired leads, what was made of it follows. */

const companions = new Set(['DOC', 'KO', 'PLAN', 'PR', 'REG', 'RTDOSE', 'RTPLAN', 'RTRECORD', 'RTSTRUCT', 'RWV', 'SEG', 'SR', 'STAIN'])

/** The modalities that images were acquired with; all of them where there is no such. */
export function leading(modalities: readonly string[]): string[] {
  const acquired = modalities.filter((modality) => !companions.has(modality))
  return acquired.length > 0 ? acquired : [...modalities]
}

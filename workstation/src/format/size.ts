/** Amounts: bytes and remaining time, in few digits. */

const steps = ['B', 'kB', 'MB', 'GB', 'TB'] as const
export type SizeUnit = (typeof steps)[number]

export function scaleBytes(bytes: number): { value: number; unit: SizeUnit } {
  let value = bytes
  let index = 0
  while (value >= 999.5 && index < steps.length - 1) {
    value /= 1000
    index += 1
  }
  const digits = value < 9.95 && index > 0 ? 1 : 0
  return { value: Number(value.toFixed(digits)), unit: steps[index] ?? 'B' }
}

export function splitDuration(seconds: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.round(seconds))
  return { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60), seconds: whole % 60 }
}

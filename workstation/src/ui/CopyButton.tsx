/** Puts a text on the clipboard and says so. */
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'

/** The clipboard of a page without HTTPS is reached by a selection only. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else works outside a secure context
  document.execCommand('copy')
  area.remove()
}

export function CopyButton({ text, label, iconOnly = false }: { text: string; label?: string; iconOnly?: boolean }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  const name = copied ? t('action.copied') : (label ?? t('action.copy'))
  return (
    <Button kind={iconOnly ? 'ghost' : 'plain'} icon={copied ? <Check /> : <Copy />} aria-label={name}
      onPress={() => void copy(text).then(() => setCopied(true))}>
      {iconOnly ? undefined : name}
    </Button>
  )
}

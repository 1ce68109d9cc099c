/** Deleting a study cannot be taken back, so it names the patient and the amount before it does. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Study } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'

export function DeleteStudy({ study, onClose }: { study: Study; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const client = useQueryClient()
  const { tell } = useNotices()
  const remove = useMutation({
    mutationFn: () => api.deleteStudy(study.uid),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['studies'] })
      void client.invalidateQueries({ queryKey: ['studies-count'] })
      void client.invalidateQueries({ queryKey: ['patient', study.patient.key] })
      tell(t('deleteStudy.done'))
      onClose()
    },
  })
  return (
    <Dialog title={t('deleteStudy.title')} open onClose={onClose}>
      <p>
        {t('deleteStudy.text', {
          name: plainName(study.patient.name) || t('patient.noName'), id: study.patient.id, date: format.date(study.date),
          description: study.description || t('studies.noDescription'),
        })}
      </p>
      <p>{t('deleteStudy.amount', { count: study.instances, shown: format.number(study.instances) })}</p>
      {remove.isError && <ProblemView compact error={remove.error} />}
      <DialogActions>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the harmless answer is the one that Enter gives */}
        <Button onPress={onClose} autoFocus>{t('action.cancel')}</Button>
        <Button kind="danger" isDisabled={remove.isPending} onPress={() => remove.mutate()}>{t('deleteStudy.confirm')}</Button>
      </DialogActions>
    </Dialog>
  )
}

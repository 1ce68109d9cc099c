/** The name of an account; those who know all of them may pick from them. */
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useApi } from '@/session/services.tsx'
import { useMay } from '@/session/session.tsx'
import { TextField, type TextFieldProps } from '@/ui/Field.tsx'

export type AccountFieldProps = Omit<TextFieldProps, 'value' | 'onChange'> & { value: string; onType: (name: string) => void }

export function AccountField({ onType, ...field }: AccountFieldProps) {
  const api = useApi()
  const listId = useId()
  const accounts = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => api.accounts(signal), enabled: useMay('administer') })
  return (
    <>
      <TextField {...field} required maxLength={64} list={listId} onChange={(event) => onType(event.target.value)} />
      <datalist id={listId}>
        {accounts.data?.filter(({ disabled }) => !disabled).map(({ name, display_name: shown }) => <option key={name} value={name}>{shown}</option>)}
      </datalist>
    </>
  )
}

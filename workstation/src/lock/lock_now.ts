/** The way to lock the screen from anywhere inside of it. */
import { createContext, useContext } from 'react'

export const LockContext = createContext<() => void>(() => undefined)

export const useLockNow = (): (() => void) => useContext(LockContext)

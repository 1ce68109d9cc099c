/** Makes the collaborators once and starts the page. The only module that knows all the others. */
import '@fontsource-variable/inter/wght.css'
import './theme/tokens.css'
import './theme/base.css'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { createServices } from './wiring.ts'
import { App } from './App.tsx'
import { createI18n } from './i18n/i18n.ts'
import { rememberedLanguage } from './i18n/language.ts'
import { applyTheme, rememberedTheme } from './theme/theme.ts'

applyTheme(rememberedTheme())
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no root')
createRoot(root).render(
  <BrowserRouter>
    <App {...createServices()} i18n={createI18n(rememberedLanguage())} />
  </BrowserRouter>,
)

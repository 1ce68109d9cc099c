/** The providers around the screens, and which address shows which screen. */
import { QueryClientProvider } from '@tanstack/react-query'
import type { i18n as I18n } from 'i18next'
import { useEffect } from 'react'
import { I18nProvider } from 'react-aria-components'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { Navigate, Outlet, Route, Routes } from 'react-router'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { Allowed } from './frame/Allowed.tsx'
import { Frame } from './frame/Frame.tsx'
import { KeysProvider } from './keys/keys.tsx'
import { LiveQueries } from './live/LiveQueries.tsx'
import { Guard } from './lock/Guard.tsx'
import { AccountScreen } from './screens/account/AccountScreen.tsx'
import { AdminScreen } from './screens/admin/AdminScreen.tsx'
import { AccountsPage } from './screens/admin/AccountsPage.tsx'
import { LoginPage } from './screens/admin/LoginPage.tsx'
import { RemoteAesPage } from './screens/admin/RemoteAesPage.tsx'
import { SystemPage } from './screens/admin/SystemPage.tsx'
import { TokensPage } from './screens/admin/TokensPage.tsx'
import { AuditPage } from './screens/audit/AuditPage.tsx'
import { DeliveriesPage } from './screens/destinations/DeliveriesPage.tsx'
import { DestinationsPage } from './screens/destinations/DestinationsPage.tsx'
import { ConflictsPage } from './screens/inbox/ConflictsPage.tsx'
import { InboxScreen } from './screens/inbox/InboxScreen.tsx'
import { QuarantinePage } from './screens/inbox/QuarantinePage.tsx'
import { LoginScreen } from './screens/login/LoginScreen.tsx'
import { MappingPage } from './screens/mapping/MappingPage.tsx'
import { MessagesPage } from './screens/messages/MessagesPage.tsx'
import { NotFoundScreen } from './screens/not_found/NotFoundScreen.tsx'
import { PatientScreen } from './screens/patient/PatientScreen.tsx'
import { PatientsScreen } from './screens/patients/PatientsScreen.tsx'
import { ReconciliationPage } from './screens/reconciliation/ReconciliationPage.tsx'
import { RolesPage } from './screens/roles/RolesPage.tsx'
import { RulesPage } from './screens/rules/RulesPage.tsx'
import { StudiesScreen } from './screens/studies/StudiesScreen.tsx'
import { UploadsPage } from './screens/uploads/UploadsPage.tsx'
import { ViewScreen } from './screens/view/ViewScreen.tsx'
import { ExpiredDialog, Reconnect } from './session/SessionDialogs.tsx'
import { ServicesContext } from './session/services.tsx'
import { SessionGate } from './session/session.tsx'
import { NoticesProvider } from './ui/Notices.tsx'
import type { Wired } from './wiring.ts'

function LoggedIn() {
  return (
    <SessionGate>
      <Guard>
        <LiveQueries />
        <Outlet />
        <ExpiredDialog />
        <Reconnect />
      </Guard>
    </SessionGate>
  )
}

function Screens() {
  return (
    <Routes>
      <Route path="/login" element={<LoginScreen />} />
      <Route element={<LoggedIn />}>
        <Route path="/view/:studyUid" element={<ViewScreen />} />
        <Route element={<Frame />}>
          <Route index element={<Navigate to="/studies" replace />} />
          <Route path="/studies" element={<Allowed to="read"><StudiesScreen /></Allowed>} />
          <Route path="/patients" element={<Allowed to="read"><PatientsScreen /></Allowed>} />
          <Route path="/patients/:patientKey" element={<Allowed to="read"><PatientScreen /></Allowed>} />
          <Route path="/inbox" element={<InboxScreen />}>
            <Route path="reconciliation" element={<ReconciliationPage />} />
            <Route path="messages" element={<MessagesPage />} />
            <Route path="mapping" element={<MappingPage />} />
            <Route path="quarantine" element={<QuarantinePage />} />
            <Route path="conflicts" element={<ConflictsPage />} />
            <Route path="uploads" element={<UploadsPage />} />
          </Route>
          <Route path="/account" element={<AccountScreen />} />
          <Route path="/admin" element={<AdminScreen />}>
            <Route path="ae" element={<RemoteAesPage />} />
            <Route path="destinations" element={<DestinationsPage />} />
            <Route path="destinations/:name" element={<DeliveriesPage />} />
            <Route path="rules" element={<RulesPage />} />
            <Route path="users" element={<AccountsPage />} />
            <Route path="roles" element={<RolesPage />} />
            <Route path="login" element={<LoginPage />} />
            <Route path="audit" element={<AuditPage />} />
            <Route path="tokens" element={<TokensPage />} />
            <Route path="system" element={<SystemPage />} />
          </Route>
          <Route path="*" element={<NotFoundScreen />} />
        </Route>
      </Route>
    </Routes>
  )
}

/** Tells the browser and the widgets which language is spoken. */
function Localized() {
  const { i18n, t } = useTranslation()
  useEffect(() => {
    document.documentElement.lang = i18n.language
    document.title = t('app.name')
  }, [i18n.language, t])
  return (
    <I18nProvider locale={i18n.language === 'fr' ? 'fr-FR' : 'en-GB'}>
      <NoticesProvider>
        <KeysProvider>
          <ErrorBoundary><Screens /></ErrorBoundary>
        </KeysProvider>
      </NoticesProvider>
    </I18nProvider>
  )
}

export function App({ services, queryClient, i18n }: Wired & { i18n: I18n }) {
  return (
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <ServicesContext value={services}>
          <Localized />
        </ServicesContext>
      </QueryClientProvider>
    </I18nextProvider>
  )
}

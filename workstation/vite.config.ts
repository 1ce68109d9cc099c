/** How the workstation is built, served while developing, and tested. */
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { notices } from './dev/notices.ts'
import { fakeServer } from './dev/plugin.ts'
import { precompress } from './dev/precompress.ts'

export default defineConfig({
  resolve: { alias: { '@': resolve(import.meta.dirname, 'src') } },
  plugins: [fakeServer(), notices(), precompress()],
  build: {
    outDir: '../src/steckel/web/static/workstation',
    emptyOutDir: true,
    target: 'es2022',
    // data: addresses would need a wider content security policy for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      // 'use client' means something to server frameworks only.
      onwarn: (warning, tell) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') tell(warning)
      },
      output: {
        manualChunks: (id) => (id.includes('/node_modules/') && !id.includes('.css') ? 'vendor' : undefined),
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['dev/test_setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'dev/**/*.test.ts'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    restoreMocks: true,
  },
})

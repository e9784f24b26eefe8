import { defineConfig } from 'vitest/config';

// What `dist` holds is committed and embedded in zim-server: the same sources have to give the same bytes.
export default defineConfig({
  base: '/console/',
  build: {
    target: 'es2022',
    // The page's policy forbids data: addresses and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // `npm run dev` beside a running zim-server.
    proxy: { '/admin': process.env.ZIM_SERVER ?? 'http://127.0.0.1:8480' },
  },
  test: { include: ['units/*.test.ts', 'e2e/*.test.ts'], testTimeout: 60_000, hookTimeout: 300_000 },
});

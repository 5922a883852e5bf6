import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  resolve: {
    alias: { '@openedx/frontend-base': fileURLToPath(new URL('./stub/frontend-base.tsx', import.meta.url)) },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    // Paragon's modules cannot be imported by Node.js as they are.
    server: { deps: { inline: [/@openedx\/paragon/] } },
  },
});

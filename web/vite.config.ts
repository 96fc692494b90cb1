import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `vite dev` sends the API's paths; the built page is served by the API itself and needs none of it. */
const api = process.env["API_ORIGIN"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The page is served under default-src 'self': no data: addresses, and no script that Vite writes into the HTML.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    rolldownOptions: {
      input: { index: "index.html", badge: "embed/badge.ts" },
      // Pages elsewhere name it, so that its name must stay.
      output: { entryFileNames: ({ name }) => (name === "badge" ? "embed/badge.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/v1": api, "/healthz": api, "/badge": api },
  },
});

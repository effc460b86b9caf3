import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const folder = import.meta.dirname;

/** The server sends compressed files as they are. */
const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  async writeBundle({ dir = "" }) {
    const assets = join(dir, "assets");
    for (const name of await readdir(assets)) {
      if (!/\.(js|css|svg)$/.test(name)) continue;
      const file = join(assets, name);
      const bytes = await readFile(file);
      await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes));
      await writeFile(`${file}.gz`, await promisify(gzip)(bytes));
    }
  },
};

export default defineConfig({
  root: folder,
  plugins: [react(), compressed],
  css: { postcss: { plugins: [] } },
  build: {
    outDir: join(folder, "../server/dist/console"),
    emptyOutDir: true,
    target: "es2022",
    // So that the page has no inline script, which its Content-Security-Policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": process.env.QUILLON_DEV_SERVER ?? "http://127.0.0.1:8080" } },
});

// @ts-check
// `node --import` this, and the process and its worker threads can run TypeScript.
import { register } from "node:module";

register("./load-typescript.mjs", import.meta.url);

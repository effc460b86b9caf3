"use strict";
// Node.js loads this before Pulumi's runner, which then compiles a pack's TypeScript without checking types. With a provider's package, to
// check them takes most of the time in which a pack starts.
const Module = require("node:module");

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (!/(^|[\\/])ts-node(@[\d.]+)?$/.test(request) || typeof loaded.register !== "function") return loaded;
  return { ...loaded, register: (options) => loaded.register({ ...options, typeCheck: false, transpileOnly: true }) };
};

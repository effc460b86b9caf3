// Few commands read YAML, so the others do not wait for the library: they import this file late. The library itself can't be imported so,
// because it is CommonJS, of which a built file has only the default export.
export { parse, parseDocument } from "yaml";

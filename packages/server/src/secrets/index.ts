export { newDataKey } from "./data-key.ts";
export { decryptValues, encryptValues } from "./values.ts";

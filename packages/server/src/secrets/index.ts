export { newDataKey } from "./data-key.ts";
export { decryptValues, encryptValues, valueTasks } from "./values.ts";

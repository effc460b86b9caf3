export { newDataKey } from "./data-key.ts";
export { recordShown } from "./shown.ts";
export { decryptValues, encryptValues, valueTasks } from "./values.ts";

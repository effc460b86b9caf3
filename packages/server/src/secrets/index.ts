export { newDataKey } from "./data-key.ts";
export { recordShown } from "./shown.ts";
export { allKeys, decryptValues, encryptValues, opener, type StackKey, valueTasks } from "./values.ts";

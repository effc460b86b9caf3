export { newDataKey } from "./data-key.ts";
export { recordShown } from "./shown.ts";
export { decryptValues, encryptValues, opener, readableKeys, type StackKey, valueTasks, workOf } from "./values.ts";

export function buildSdk(options?: { dist?: string; declarations?: boolean }): Promise<void>;

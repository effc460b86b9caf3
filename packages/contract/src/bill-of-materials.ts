/** Where a policy pack has its bill of materials, in the format of CycloneDX: https://cyclonedx.org/docs/1.6/json/ Scanners know the ending. */
export const BILL_FILE = "bom.cdx.json";

/** The property of the component that is the SDK which the pack runs on. */
export const SDK_PROPERTY = "quillon:sdk";

/** The property of that component with the SDK that the pack was written for, such as `@pulumi/policy@1.21.0`. */
export const REPLACES_PROPERTY = "quillon:replaces";

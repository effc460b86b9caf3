/**
 * What a URN, `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`, says of its resource. A name may have `::` in it.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/urn/urn.go
 */
export function resourceOf(urn: string): { resourceType: string; resourceName: string; resourceProvider: string } {
  const [, , types = "", ...name] = urn.split("::");
  const resourceType = types.slice(types.lastIndexOf("$") + 1);
  const [resourceProvider = ""] = resourceType.split(":");
  return { resourceType, resourceName: name.join("::"), resourceProvider };
}

import { ComponentType } from "@cyclonedx/cyclonedx-library/Enums";
import {
  Attachment,
  Bom,
  Component,
  ComponentEvidence,
  ComponentRepository,
  type License,
  LicenseExpression,
  LicenseRepository,
  Metadata,
  NamedLicense,
  Property,
  PropertyRepository,
  SpdxLicense,
} from "@cyclonedx/cyclonedx-library/Models";
import { JSON as CycloneJson, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { fixupSpdxId } from "@cyclonedx/cyclonedx-library/SPDX";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import type { BundledSdk } from "@quillon/contract";
import { REPLACES_PROPERTY, SDK_PROPERTY } from "@quillon/contract/bill-of-materials";
import type { CarriedPackage } from "./carried-packages.ts";

interface Named {
  name?: string | undefined;
  version?: string | undefined;
}

/**
 * Writes what an artifact carries, with the texts of the licences, in the format of CycloneDX. It has no time and no random number,
 * so that equal packs have equal bytes.
 */
export function billOfMaterials(pack: Named, packages: readonly CarriedPackage[], sdk?: BundledSdk): string {
  const { name = "pack", version } = pack;
  const component = new Component(ComponentType.Application, name, { ...(version && { version }), bomRef: "pack" });
  const isSdk = ({ name, version = "" }: CarriedPackage) => name === sdk?.name && version === sdk.version;
  const components = packages.map((one) => componentOf(one, sdk && isSdk(one) ? propertiesOf(sdk) : []));
  const bom = new Bom({ metadata: new Metadata({ component }), components: new ComponentRepository(components) });
  // In our order: the library's own depends on the language of the machine.
  return new JsonSerializer(new CycloneJson.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: false });
}

function propertiesOf({ replaces }: BundledSdk): Property[] {
  return [new Property(SDK_PROPERTY, "true"), ...(replaces ? [new Property(REPLACES_PROPERTY, replaces)] : [])];
}

function componentOf(one: CarriedPackage, properties: Property[]): Component {
  const { name, version, license, texts } = one;
  const [, group, own = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const purl = purlOf(one);
  const evidence = Object.entries(texts).map(
    ([file, text]) => new NamedLicense(`file: ${file}`, { text: new Attachment(text, { contentType: "text/plain" }) }),
  );
  return new Component(ComponentType.Library, own, {
    bomRef: purl,
    purl,
    ...(group && { group }),
    ...(version && { version }),
    ...(license && { licenses: new LicenseRepository([licenseOf(license)]) }),
    ...(evidence.length > 0 && { evidence: new ComponentEvidence({ licenses: new LicenseRepository(evidence) }) }),
    properties: new PropertyRepository(properties),
  });
}

/** https://github.com/package-url/purl-spec/tree/main/types-doc */
function purlOf({ name, version, registry }: CarriedPackage): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:${registry ?? "npm"}/${path}${version ? `@${encodeURIComponent(version)}` : ""}`;
}

/** By its SPDX id, as an expression of such ids, or as it is said. */
function licenseOf(license: string): License {
  const id = fixupSpdxId(license);
  if (id !== undefined) return new SpdxLicense(id);
  const words = license.split(/[\s()]+/).filter((word) => word !== "" && word !== "AND" && word !== "OR");
  const isExpression = words.every((word) => fixupSpdxId(word) === word);
  return isExpression ? new LicenseExpression(license) : new NamedLicense(license);
}

import { Anchor, Code, Paper, SimpleGrid, Text } from "@mantine/core";
import { needsText } from "@quillon/contract/needs-text";
import type { ReactNode } from "react";
import { useOrganization } from "../../session.ts";
import { OutsideLink } from "../../shared/strangers.tsx";
import { Tags } from "../../shared/tags.tsx";
import { Time } from "../../shared/time.tsx";
import type { PackVersion } from "../policy-packs/queries.ts";

/** What was said of a version when it was published, and by whom. */
export function Facts({ version }: { version: PackVersion }) {
  const { provider, repository, tags = [], runtime, metadata = {} } = version;
  return (
    <Paper withBorder p="md" mb="md">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md" verticalSpacing="sm">
        <Fact label="Version">{version.versionTag || version.version}</Fact>
        <Fact label="Published">
          <Time at={version.publishedAt} /> {version.publishedBy && `by ${version.publishedBy}`}
        </Fact>
        <Fact label="Runs on">{runtime && runtimeName(runtime)}</Fact>
        <Fact label="Needs">{version.needs && needsText(version.needs)}</Fact>
        <Fact label="Bundled with">{version.sdk && sdkText(version.sdk)}</Fact>
        <Fact label="Provider">{provider}</Fact>
        <Fact label="Repository">
          {repository && <OutsideLink to={repository}>{repository.replace(/^https?:\/\//i, "")}</OutsideLink>}
        </Fact>
        <Fact label="Commit">{metadata["git.head"] && <Code>{metadata["git.head"].slice(0, 12)}</Code>}</Fact>
        <Fact label="Branch">{metadata["git.headName"]?.replace(/^refs\/heads\//, "")}</Fact>
        <Fact label="CI run">{runOf(metadata)}</Fact>
        <Fact label="Tags">{tags.length > 0 && <Tags of={tags} />}</Fact>
        <Fact label="What is in it">
          {(version.hasBillOfMaterials || version.sources) && <Contents of={version} />}
        </Fact>
        {version.sha256 && (
          <Fact label={`Archive, ${sizeOf(version.size ?? 0)}`} wide>
            <Code style={{ overflowWrap: "anywhere" }}>sha256:{version.sha256}</Code>
          </Fact>
        )}
      </SimpleGrid>
    </Paper>
  );
}

/** What the server has of a bundled version beside its archive. */
function Contents({ of: { name, version, versionTag, hasBillOfMaterials, sources } }: { of: PackVersion }) {
  const { name: org } = useOrganization();
  const path = `/api/quillon/orgs/${org}/policypacks/${name}/versions/${encodeURIComponent(versionTag || version)}`;
  const file = `${name}-${versionTag || version}`;
  return (
    <>
      {hasBillOfMaterials && (
        <Anchor href={`${path}/bill-of-materials`} download={`${file}.cdx.json`} inherit display="block">
          Bill of materials
        </Anchor>
      )}
      {sources && (
        <Anchor href={`${path}/sources`} download={`${file}-sources.tgz`} inherit display="block">
          Sources, {sizeOf(sources.size)}
        </Anchor>
      )}
    </>
  );
}

function sdkText({ name, version, replaces }: NonNullable<PackVersion["sdk"]>): string {
  return `${name} ${version}${replaces ? `, in the place of ${replaces}` : ""}`;
}

const runtimes: Record<string, string> = { nodejs: "Node.js", python: "Python" };

/** What whoever runs a pack needs to have installed. */
export const runtimeName = (runtime: string) => runtimes[runtime] ?? runtime;

/** A fact that nobody stated is left out. */
function Fact({ label, wide = false, children }: { label: string; wide?: boolean; children: ReactNode }) {
  if (!children) return null;
  return (
    <div {...(wide && { style: { gridColumn: "1 / -1" } })}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div" className="text" lineClamp={3}>
        {children}
      </Text>
    </div>
  );
}

function runOf(metadata: Record<string, string>): ReactNode {
  const name = [metadata["ci.system"], metadata["ci.build.number"] ?? metadata["ci.build.id"]]
    .filter(Boolean)
    .join(" ");
  const url = metadata["ci.build.url"];
  return url ? <OutsideLink to={url}>{name || url}</OutsideLink> : name;
}

const KIB = 1024;

function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}

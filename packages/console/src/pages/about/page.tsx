import { Stack, Table, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, messageOf } from "../../api.ts";
import { useOrganization, useSession } from "../../session.ts";
import { Command } from "../../shared/empty.tsx";
import { FactRow } from "../../shared/fact-row.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Page } from "../../shared/page.tsx";
import { Status } from "../../shared/words.tsx";
import { type Server, serverQuery } from "../settings/queries.ts";

const readyQuery = queryOptions({
  queryKey: ["ready"],
  queryFn: () => api.call("GET /readyz", {}),
  refetchInterval: 10_000,
});

/** How the server is, what it stores, and how to reach it. */
export function AboutPage() {
  const { name: org } = useOrganization();
  const server = useQuery(serverQuery);
  const { origin } = window.location;
  return (
    <Page title="About this server">
      <Stack maw={720}>
        <Table variant="vertical" layout="fixed" aria-label="This server">
          <Table.Tbody>
            <FactRow label="Health">
              <Health />
            </FactRow>
            <Loaded query={server}>{(of) => <Facts of={of} org={org} />}</Loaded>
            <FactRow label="Address">{origin}</FactRow>
          </Table.Tbody>
        </Table>
        <Text size="sm">To log in a Pulumi CLI:</Text>
        <Command text={`pulumi login ${origin}`} />
      </Stack>
    </Page>
  );
}

/** The database can be reached and has this server's schema, and the data folder is the one that belongs to it. */
function Health() {
  const ready = useQuery({ ...readyQuery, retry: false });
  if (ready.error)
    return (
      <Text c="var(--mantine-color-error)" className="text">
        {messageOf(ready.error)}
      </Text>
    );
  return (
    <>
      <Status of={ready.data ? "ready" : "asking"} color={ready.data ? "green" : "gray"} />
      {ready.data && (
        <Text size="xs" c="dimmed">
          The database answers and has this server's schema, and its data folder is there.
        </Text>
      )}
    </>
  );
}

const databases = { embedded: "embedded in the server (PostgreSQL", postgresql: "PostgreSQL" };

function Facts({ of: { version, database, storage }, org }: { of: Server; org: string }) {
  const { siteAdmin } = useSession();
  const { kind } = database;
  return (
    <>
      <FactRow label="Version">Quillon {version}</FactRow>
      <FactRow label="Database">
        {databases[kind]} {database.version}
        {kind === "embedded" && ")"}
        {storage && `, ${sizeText(storage.databaseBytes)}`}
      </FactRow>
      <FactRow label="Policy packs' archives">
        {storage
          ? `${counted(storage.archives, "archive")}, ${sizeText(storage.archiveBytes)}`
          : !siteAdmin && "Only administrators of the server see how much it stores."}
      </FactRow>
      <FactRow label="What is kept">
        <Go to="/$org/settings" params={{ org }} hash="kept">
          How long, in the settings
        </Go>
      </FactRow>
    </>
  );
}

const units = ["bytes", "kB", "MB", "GB", "TB"];

/** Such as `12.3 MB`. */
function sizeText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** power;
  return `${power === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[power]}`;
}

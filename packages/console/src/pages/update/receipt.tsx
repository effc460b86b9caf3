import { List, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Command, Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import type { Run } from "../../shared/runs.tsx";
import { Time } from "../../shared/time.tsx";
import { type ReceiptText, type RunName, receiptQuery } from "./queries.ts";

/** What the run had to analyse and did, as far as the client says. */
export function ReceiptOf({ name, run }: { name: RunName; run: Run }) {
  const query = useQuery(receiptQuery(name.orgName, run));
  return (
    <Loaded query={query}>
      {(found) =>
        found ? (
          <Stack gap="lg">
            <Summary text={found.text} kind={run.kind} />
            {found.text.packs && found.text.packs.length > 0 && <Packs org={name.orgName} text={found.text} />}
            <Worth />
            <Stack gap="xs" align="flex-start">
              <Title order={2}>Check it without the server</Title>
              <Command text="quillon receipt key > quillon.pem" />
              <Command text={`quillon receipt show ${run.updateID} --json > receipt.json`} />
              <Command text="quillon receipt verify receipt.json --key quillon.pem" />
            </Stack>
          </Stack>
        ) : (
          <NoReceipt run={run} />
        )
      }
    </Loaded>
  );
}

function NoReceipt({ run }: { run: Run }) {
  if (!run.endedAt) return <Empty title="A run gets its receipt when it has ended" />;
  if (run.kind === "import" || run.kind === "rename")
    return <Empty title="Such a run asks no policies, so it has no receipt" />;
  return <Empty title="The receipt is being made">Or it was removed because it is old.</Empty>;
}

function Summary({ text, kind }: { text: ReceiptText; kind: Run["kind"] }) {
  const { says, reasons, client, resources, events, states, made } = text;
  // Earlier versions signed another reason for previews, which was wrong.
  const notCompared = states?.notCompared && kind === "preview" ? "A preview changes no state." : states?.notCompared;
  return (
    <Stack gap="xs">
      <Text size="sm">
        The receipt says: <strong>{says}</strong>. The server signed it <Time at={made} />.
      </Text>
      {reasons.length > 0 && (
        <List size="sm">
          {reasons.map((reason) => (
            <List.Item key={reason} className="text">
              {reason}
            </List.Item>
          ))}
        </List>
      )}
      {client && (
        <Text size="sm" className="text">
          Started by {client.login ?? "nobody who is known"} from {client.address ?? "an unknown address"}
          {client.token?.name && ` with the token ${client.token.name}`}
          {client.pulumi && `, Pulumi ${client.pulumi}`}
          {client.commit && `, commit ${client.commit.slice(0, 12)}`}
          {client.dirty && " and changes that were not committed"}.
        </Text>
      )}
      {resources !== undefined && (
        <Text size="sm" className="text">
          {counted(resources, "resource")} had to be analysed
          {events && `; ${events.received ?? 0} events came, ${events.missing} are missing`}
          {states?.changed !== undefined && `; ${states.changed} resources changed in the state`}.
          {notCompared && ` The states were not compared. ${notCompared}`}
        </Text>
      )}
    </Stack>
  );
}

function Packs({ org, text }: { org: string; text: ReceiptText }) {
  return (
    <div>
      <Title order={2} mb="xs">
        What each pack did
      </Title>
      <Listing
        minWidth={640}
        columns={["Pack", { number: "Analysed" }, { number: "Not analysed" }, "Stack policies", "Archive (SHA-256)"]}
      >
        {text.packs?.map(({ pack, version, tag, analysed, unanalysed, stackAnalysed, archiveSha256 }) => (
          <Table.Tr key={pack}>
            <Table.Td>
              <Go
                to="/$org/insights/policypacks/$pack/$version"
                params={{ org, pack, version: tag ?? String(version) }}
              >
                {pack} {tag ?? version}
              </Go>
            </Table.Td>
            <Table.Td ta="right">{analysed}</Table.Td>
            <Table.Td ta="right" {...(unanalysed.count > 0 && { fw: 700 })} title={unanalysed.first.join("\n")}>
              {unanalysed.count}
            </Table.Td>
            <Table.Td>{stackAnalysed ? "asked" : "not asked"}</Table.Td>
            <Table.Td title={archiveSha256 ?? undefined} ff="monospace" fz="xs">
              {archiveSha256 ? `${archiveSha256.slice(0, 16)}…` : "not recorded"}
            </Table.Td>
          </Table.Tr>
        ))}
      </Listing>
    </div>
  );
}

/** As docs/security.md says it. */
function Worth() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <div>
        <Title order={2}>Of this the server is sure</Title>
        <List size="sm" mt="xs">
          <List.Item>which packs had to run: their archives, configuration and levels</List.Item>
          <List.Item>who started the run, with which token, from which address, and when</List.Item>
          <List.Item>which version of the state it made</List.Item>
        </List>
      </div>
      <div>
        <Title order={2}>This the client says, and nothing proves it</Title>
        <List size="sm" mt="xs">
          <List.Item>that a policy ran, and what it answered: policies run in the Pulumi CLI, on its machine</List.Item>
          <List.Item>the commit, the pipeline, and whether all was committed</List.Item>
        </List>
      </div>
    </SimpleGrid>
  );
}

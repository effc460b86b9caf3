import { Table, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ManagersEmpty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted, written } from "../../shared/numbers.ts";
import { Bdi } from "../../shared/strangers.tsx";
import { shortened } from "../../shared/urn.tsx";
import { type Heatmap, heatmapQuery } from "./queries.ts";

/** Where it is worst: how many findings are open in each stack, by policy pack. */
export function FindingHeatmap({ org }: { org: string }) {
  const query = useQuery(heatmapQuery(org));
  return (
    <Loaded query={query}>
      {(heatmap) =>
        heatmap.stacks.length > 0 ? (
          <Cells org={org} heatmap={heatmap} />
        ) : (
          <ManagersEmpty
            title="No finding is open"
            others="How many findings each stack has is shown here, by policy pack."
            command={`pulumi policy enable ${org}/PACK latest`}
          >
            How many findings each stack has is shown here, by policy pack. Policies run once a pack is enabled:
          </ManagersEmpty>
        )
      }
    </Loaded>
  );
}

function Cells({ org, heatmap: { packs, stacks, stackCount, packCount } }: { org: string; heatmap: Heatmap }) {
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {stackCount > stacks.length
          ? `The worst ${stacks.length} of ${counted(stackCount, "stack")} with open findings.`
          : `${counted(stackCount, "stack")} with open findings, the worst first.`}
        {packCount > packs.length &&
          ` Of ${counted(packCount, "policy pack")}, the worst ${packs.length} have a column.`}
      </Text>
      <Table.ScrollContainer minWidth={220 + 110 * packs.length}>
        <Table aria-label="Open findings by stack and policy pack" withColumnBorders highlightOnHover={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Stack</Table.Th>
              <Table.Th ta="right">All</Table.Th>
              {packs.map((pack) => (
                <Table.Th key={pack} ta="right">
                  <Go to="/$org/insights/policypacks/$pack" params={{ org, pack }} title={pack.slice(0, 1000)}>
                    <Text span inherit lineClamp={2} className="text">
                      {pack}
                    </Text>
                  </Go>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stacks.map((of) => (
              <Row key={`${of.project}/${of.stack}`} org={org} packs={packs} of={of} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Row({ org, packs, of }: { org: string; packs: string[]; of: Heatmap["stacks"][number] }) {
  const { project, stack } = of;
  const cells = new Map(of.packs.map((cell) => [cell.policyPack, cell]));
  return (
    <Table.Tr>
      <Table.Th scope="row" miw={140} maw={260} fw={400}>
        <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
          {project}/{stack}
        </Go>
      </Table.Th>
      <Cell org={org} stack={`${project}/${stack}`} of={of} />
      {packs.map((pack) => (
        <Cell key={pack} org={org} stack={`${project}/${stack}`} pack={pack} of={cells.get(pack)} />
      ))}
    </Table.Tr>
  );
}

type Counts = Pick<Heatmap["stacks"][number], "count" | "severity" | "worst">;

function Cell({ org, stack, pack, of }: { org: string; stack: string; pack?: string; of: Counts | undefined }) {
  if (!of)
    return (
      <Table.Td ta="right" c="dimmed">
        –
      </Table.Td>
    );
  const { count, severity, worst } = of;
  return (
    <Table.Td ta="right" bg={colorOf.get(severity) ?? "transparent"} style={{ whiteSpace: "nowrap" }}>
      <Go
        to="/$org/insights/findings"
        params={{ org }}
        search={{ stack, ...(pack && { pack }), status: "open,in_progress" }}
        c="var(--mantine-color-text)"
        display="block"
      >
        <Text span inherit fw={600}>
          {written(count)}
        </Text>
        <Text span size="xs" display="block">
          {severity ? (
            <>
              {written(worst)} <Bdi text={shortened(severity)} />
            </>
          ) : (
            "without a severity"
          )}
        </Text>
        <VisuallyHidden>
          {" "}
          of {pack ?? "all packs"} in {stack}
        </VisuallyHidden>
      </Go>
    </Table.Td>
  );
}

/** The colour says again what the words say. */
const colorOf = new Map(
  Object.entries({ critical: "red", high: "orange", medium: "yellow", low: "blue" }).map(([severity, color]) => [
    severity,
    `var(--mantine-color-${color}-light)`,
  ]),
);

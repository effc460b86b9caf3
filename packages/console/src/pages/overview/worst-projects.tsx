import { Box, Table, Text, Title } from "@mantine/core";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { counted } from "../../shared/numbers.ts";
import { Part, partColor } from "../../shared/part.tsx";
import type { Overview } from "./queries.ts";

type Project = Overview["worstProjects"][number];
type Pack = Project["packs"][number];

/** How many policies of each pack pass in each project. */
export function WorstProjects({ org, projects }: { org: string; projects: Project[] }) {
  const packs = [...new Set(projects.flatMap(({ packs }) => packs.map(({ policyPack }) => policyPack)))].sort();
  return (
    <Box component="section" aria-labelledby="worst-projects">
      <Title order={2} id="worst-projects">
        Projects, the worst first
      </Title>
      <Text size="sm" c="dimmed" mb={4}>
        How many policies of each policy pack pass
      </Text>
      {projects.length === 0 ? (
        <Empty title="Nothing was evaluated yet" command="pulumi up">
          What policies say of what is deployed appears here after the next update of a stack. Previews are not counted:
        </Empty>
      ) : (
        <Table.ScrollContainer minWidth={160 + 120 * packs.length}>
          <Table highlightOnHover={false} withColumnBorders w="auto" aria-labelledby="worst-projects">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Project</Table.Th>
                {packs.map((pack) => (
                  <Table.Th key={pack} ta="right">
                    <Go to="/$org/insights/policypacks/$pack" params={{ org, pack }}>
                      {pack}
                    </Go>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {projects.map(({ project, packs: scores }) => (
                <Table.Tr key={project}>
                  <Table.Th scope="row" fw={400}>
                    <Go to="/$org/stacks" params={{ org }} search={{ name: `${project}/` }}>
                      {project}
                    </Go>
                  </Table.Th>
                  {packs.map((pack) => {
                    const score = scores.find(({ policyPack }) => policyPack === pack);
                    return <Cell key={pack} org={org} project={project} score={score} />;
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Box>
  );
}

function Cell({ org, project, score }: { org: string; project: string; score: Pack | undefined }) {
  if (!score)
    return (
      <Table.Td ta="right" c="dimmed" aria-label="not evaluated">
        –
      </Table.Td>
    );
  const { policyPack: pack, passingPolicies, policies, brokenStacks } = score;
  return (
    <Table.Td ta="right" bg={partColor(brokenStacks > 0 ? 0 : passingPolicies, policies || 1)}>
      {policies > 0 && (
        <Go to="/$org/insights/findings" params={{ org }} search={{ project, pack }} c="inherit">
          <Part n={passingPolicies} of={policies} />
        </Go>
      )}
      {brokenStacks > 0 && (
        <Text size="xs" className="text">
          fails to run in {counted(brokenStacks, "stack")}
        </Text>
      )}
    </Table.Td>
  );
}

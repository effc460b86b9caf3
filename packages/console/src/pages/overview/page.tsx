import { Grid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Empty, ManagersEmpty } from "../../shared/empty.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { BlockedRuns } from "./blocked-runs.tsx";
import { ProofFacts, StackFacts } from "./facts.tsx";
import { FindingCounts } from "./finding-counts.tsx";
import { type Overview, overviewQuery } from "./queries.ts";
import { Scores } from "./scores.tsx";
import { WorstProjects } from "./worst-projects.tsx";

export function OverviewPage() {
  const { name: org } = useOrganization();
  const query = useQuery(overviewQuery(org));
  return (
    <Page title={org} about="What policies stopped and found in the stacks that you may read.">
      <Loaded query={query}>
        {(overview) => (overview.stacks.known === 0 ? <NoStacks org={org} /> : <Seen org={org} overview={overview} />)}
      </Loaded>
    </Page>
  );
}

function NoStacks({ org }: { org: string }) {
  return (
    <Empty title="There are no stacks yet that you may read" command={`pulumi stack init ${org}/dev`}>
      What policies stop and find in your stacks appears here. Make the first stack in the folder of a Pulumi program:
    </Empty>
  );
}

function Seen({ org, overview }: { org: string; overview: Overview }) {
  const { blocked, findings, stacks, scores, receipts, failingPacks, worstProjects } = overview;
  return (
    <Stack gap="lg">
      <BlockedRuns org={org} blocked={blocked} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <FindingCounts org={org} findings={findings} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, xs: 6, lg: 3 }}>
          <StackFacts org={org} stacks={stacks} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, xs: 6, lg: 3 }}>
          <ProofFacts org={org} receipts={receipts} failingPacks={failingPacks} />
        </Grid.Col>
      </Grid>
      {stacks.governed === 0 ? (
        <ManagersEmpty title="No stack is governed by policies yet" command={`pulumi policy publish ${org}`}>
          Publish a policy pack from its folder. Then enable it for every stack with{" "}
          <code>pulumi policy enable {org}/PACK latest</code>:
        </ManagersEmpty>
      ) : (
        <>
          <Scores org={org} scores={scores} />
          <WorstProjects org={org} projects={worstProjects} />
        </>
      )}
    </Stack>
  );
}

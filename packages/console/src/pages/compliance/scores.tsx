import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { written } from "../../shared/numbers.ts";
import { Part, partColor } from "../../shared/part.tsx";
import { Time } from "../../shared/time.tsx";
import { Severity } from "../../shared/words.tsx";
import { type By, type Score, scoresQuery } from "./queries.ts";

const titles: Record<By, string> = {
  pack: "Policy pack",
  policy: "Policy",
  project: "Project",
  stack: "Stack",
  severity: "Severity",
  framework: "Framework",
};

/** Scores by what is asked for, each with what is not in it. */
export function Scores({ org, by }: { org: string; by: By }) {
  const query = useInfiniteQuery(scoresQuery(org, by));
  return (
    <More query={query} rowsOf={({ scores }) => scores}>
      {(scores) => (scores.length > 0 ? <Rows org={org} by={by} scores={scores} /> : <NoScores by={by} />)}
    </More>
  );
}

function NoScores({ by }: { by: By }) {
  if (by === "framework")
    return (
      <Empty title="No policy names a framework">
        A policy names one, such as PCI DSS 4.0, in the field <code>framework</code> of its pack.
      </Empty>
    );
  return (
    <Empty title="Nothing was evaluated yet" command="pulumi up">
      Scores appear here after the next update of a stack that a policy pack governs. Previews are not counted:
    </Empty>
  );
}

const hasResources = (by: By) => by !== "severity" && by !== "framework";

function Rows({ org, by, scores }: { org: string; by: By; scores: Score[] }) {
  return (
    <Listing
      minWidth={900}
      label={`Scores by ${titles[by].toLowerCase()}`}
      columns={[
        ...(by === "pack" ? [] : [titles[by]]),
        "Policy pack",
        { number: "Policies that pass" },
        { number: "Excepted" },
        { number: "Not exercised" },
        ...(hasResources(by) ? [{ number: "Clean resources" }] : []),
        ...(by === "stack" ? [] : [{ number: "Stacks" }]),
        { number: "Stale" },
        { number: "Broken" },
        "Evaluated",
      ]}
    >
      {scores.map((score) => (
        <Row key={`${score.name} ${score.policyPack}`} org={org} by={by} score={score} />
      ))}
    </Listing>
  );
}

function Row({ org, by, score }: { org: string; by: By; score: Score }) {
  const { policyPack: pack, policyPackTags, passingPolicies, policies, stacks, staleStacks, brokenStacks } = score;
  return (
    <Table.Tr>
      {by !== "pack" && (
        <Table.Td miw={150}>
          <Name org={org} by={by} score={score} />
        </Table.Td>
      )}
      <Table.Td miw={120}>
        <Go to="/$org/insights/policypacks/$pack" params={{ org, pack }}>
          {pack}
        </Go>{" "}
        <Text span size="sm" c="dimmed" className="text">
          {policyPackTags.join(", ")}
        </Text>
      </Table.Td>
      <Table.Td ta="right" bg={partColor(passingPolicies, policies)}>
        <Passing org={org} by={by} score={score} />
        {staleStacks > 0 && (
          <Text size="xs" c="dimmed">
            {stacks === staleStacks ? "stale" : "partly stale"}
          </Text>
        )}
      </Table.Td>
      <Amount of={score.exceptedPolicies} />
      <Amount of={score.notExercised} />
      {hasResources(by) && <Resources score={score} />}
      {by !== "stack" && <Amount of={stacks} />}
      <Amount of={staleStacks} warn />
      <Amount of={brokenStacks} warn />
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Time at={score.evaluatedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function Name({ org, by, score: { name, policyPack: pack } }: { org: string; by: By; score: Score }) {
  if (by === "severity") return name ? <Severity of={name} /> : <Text c="dimmed">none</Text>;
  if (by === "project")
    return (
      <Go to="/$org/stacks" params={{ org }} search={{ name: `${name}/` }}>
        {name}
      </Go>
    );
  if (by === "stack") {
    const [project = "", stack = ""] = name.split("/");
    return (
      <Go to="/$org/$project/$stack" params={{ org, project, stack }}>
        {name}
      </Go>
    );
  }
  if (by === "policy")
    return (
      <Go to="/$org/insights/findings" params={{ org }} search={{ pack, policy: name }}>
        {name}
      </Go>
    );
  return <>{name}</>;
}

/** What fails is in the findings that the link opens. */
function Passing({ org, by, score }: { org: string; by: By; score: Score }) {
  const { name, policyPack: pack, passingPolicies, policies } = score;
  const part = <Part n={passingPolicies} of={policies} />;
  if (policies === 0 || passingPolicies === policies || by === "framework") return part;
  const named = by === "pack" ? {} : { [by]: by === "severity" ? name || "none" : name };
  return (
    <Go to="/$org/insights/findings" params={{ org }} search={{ pack, ...named }} c="inherit">
      {part}
    </Go>
  );
}

function Resources({ score: { cleanResources = 0, governedResources = 0, exceptedResources = 0 } }: { score: Score }) {
  return (
    <Table.Td ta="right">
      <Part n={cleanResources} of={governedResources} />
      {exceptedResources > 0 && (
        <Text size="xs" c="dimmed">
          {written(exceptedResources)} excepted
        </Text>
      )}
    </Table.Td>
  );
}

function Amount({ of, warn = false }: { of: number; warn?: boolean }) {
  return (
    <Table.Td ta="right" {...(of === 0 ? { c: "dimmed" } : warn && { fw: 600 })}>
      {written(of)}
    </Table.Td>
  );
}

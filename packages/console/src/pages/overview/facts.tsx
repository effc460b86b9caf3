import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { Go } from "../../shared/links.tsx";
import { counted, written } from "../../shared/numbers.ts";
import { Part } from "../../shared/part.tsx";
import type { Overview } from "./queries.ts";

/** A few numbers about one subject, the most important one large. */
function Facts({ title, first, children }: { title: string; first: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" h="100%" aria-labelledby={id}>
      <Title order={2} size="sm" c="dimmed" id={id}>
        {title}
      </Title>
      <Box fz={26} fw={600} lh={1.3} mb={6}>
        {first}
      </Box>
      <Stack gap={2}>{children}</Stack>
    </Paper>
  );
}

function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" fz="sm">
      <Text span inherit c="dimmed" className="text">
        {label}
      </Text>
      <Text span inherit ta="right" style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
        {children}
      </Text>
    </Group>
  );
}

export function StackFacts({ org, stacks }: { org: string; stacks: Overview["stacks"] }) {
  const { known, governed, stale, neverReported } = stacks;
  const coverage = (state: string, count: number) => (
    <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "coverage", state }}>
      {written(count)}
    </Go>
  );
  return (
    <Facts
      title="Governed stacks"
      first={
        <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "coverage", state: "governed" }}>
          <Part n={governed} of={known} />
        </Go>
      }
    >
      <Fact label="Not governed">{coverage("ungoverned", known - governed)}</Fact>
      <Fact label="Never reported">{coverage("never-reported", neverReported)}</Fact>
      <Fact label="Stale">{coverage("stale", stale)}</Fact>
    </Facts>
  );
}

export function ProofFacts({
  org,
  receipts,
  failingPacks,
}: {
  org: string;
  receipts: Overview["receipts"];
  failingPacks: Overview["failingPacks"];
}) {
  const { incomplete, missing } = receipts;
  return (
    <Facts
      title="No complete receipt"
      first={
        <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "receipts", status: "either" }}>
          {written(incomplete + missing)}
        </Go>
      }
    >
      <Fact label="Updates in 7 days, missing">
        <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "receipts", status: "missing" }}>
          {written(missing)}
        </Go>
      </Fact>
      <Fact label="… incomplete">
        <Go to="/$org/insights/compliance" params={{ org }} search={{ by: "receipts", status: "incomplete" }}>
          {written(incomplete)}
        </Go>
      </Fact>
      <Fact label="Packs that make runs fail">{written(failingPacks.length)}</Fact>
      {failingPacks.map(({ policyPack, failingStacks }) => (
        <Fact
          key={policyPack}
          label={
            <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: policyPack }}>
              {policyPack}
            </Go>
          }
        >
          in {counted(failingStacks, "stack")}
        </Fact>
      ))}
    </Facts>
  );
}

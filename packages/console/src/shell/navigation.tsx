import { NavLink, Text } from "@mantine/core";
import {
  IconBook2,
  IconBuilding,
  IconClipboardList,
  IconInfoCircle,
  IconPackage,
  IconScale,
  IconSettings,
  IconShieldCheck,
  IconStack2,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
  IconZoomExclamation,
} from "@tabler/icons-react";
import { Link, useMatchRoute } from "@tanstack/react-router";
import { useOrganization } from "../session.ts";

const icon = { size: 16, stroke: 1.6 };

const results = [
  { to: "/$org", label: "Overview", icon: <IconBuilding {...icon} /> },
  { to: "/$org/stacks", label: "Stacks", icon: <IconStack2 {...icon} /> },
  { to: "/$org/insights/findings", label: "Findings", icon: <IconZoomExclamation {...icon} /> },
  { to: "/$org/insights/compliance", label: "Compliance", icon: <IconShieldCheck {...icon} /> },
] as const;
const policies = [
  { to: "/$org/insights/policypacks", label: "Policy packs", icon: <IconPackage {...icon} /> },
  { to: "/$org/insights/policygroups", label: "Policy groups", icon: <IconScale {...icon} /> },
  { to: "/$org/insights/exceptions", label: "Exceptions", icon: <IconBook2 {...icon} /> },
] as const;
const organization = [
  { to: "/$org/audit-log", label: "Audit log", icon: <IconClipboardList {...icon} />, admins: true },
  { to: "/$org/settings/members", label: "Members", icon: <IconUsers {...icon} /> },
  { to: "/$org/settings/teams", label: "Teams", icon: <IconUsersGroup {...icon} /> },
  { to: "/$org/settings/webhooks", label: "Webhooks", icon: <IconWebhook {...icon} />, admins: true },
  { to: "/$org/settings", label: "Settings", icon: <IconSettings {...icon} /> },
  { to: "/$org/about", label: "About", icon: <IconInfoCircle {...icon} /> },
] as const;

/** The pages of the organization, in the order of the questions that are asked most, without those that only say that others may. */
export function Navigation() {
  const { name: org, isAdmin } = useOrganization();
  if (org === "") return null;
  return (
    <>
      <Section entries={results} org={org} />
      <Section title="Policies" entries={policies} org={org} />
      <Section
        title="Organization"
        entries={organization.filter((entry) => isAdmin || !("admins" in entry))}
        org={org}
      />
    </>
  );
}

/** Whether the paths of others begin with it. */
const isBeginning = (to: Destination["to"]) => to === "/$org" || to === "/$org/settings";

type Destination = (typeof results | typeof policies | typeof organization)[number];

function Section({ title, entries, org }: { title?: string; entries: readonly Destination[]; org: string }) {
  const matches = useMatchRoute();
  return (
    <>
      {title && (
        <Text size="xs" c="dimmed" fw={600} px="sm" mt="md" mb={4}>
          {title}
        </Text>
      )}
      {entries.map(({ to, label, icon }) => (
        <NavLink
          key={label}
          active={Boolean(matches({ to, params: { org }, fuzzy: !isBeginning(to) }))}
          label={label}
          leftSection={icon}
          renderRoot={(props) => (
            <Link to={to} params={{ org }} activeOptions={{ exact: isBeginning(to) }} {...props} />
          )}
        />
      ))}
    </>
  );
}

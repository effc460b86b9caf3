import { Tabs } from "@mantine/core";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";

const tabs = {
  activity: { label: "Activity", to: "/$org/$project/$stack" },
  resources: { label: "Resources", to: "/$org/$project/$stack/resources" },
  findings: { label: "Findings", to: "/$org/$project/$stack/findings" },
  settings: { label: "Policies and settings", to: "/$org/$project/$stack/settings" },
} as const;
type Tab = keyof typeof tabs;

/** The pages of one stack. */
export function StackLayout() {
  const { org, project, stack } = useParams({ from: "/signed-in/$org/$project/$stack" });
  const navigate = useNavigate();
  const last = useLocation().pathname.split("/").filter(Boolean).at(3);
  const open = (tab: string | null) => navigate({ to: tabs[tab as Tab].to, params: { org, project, stack } });
  return (
    <>
      <Tabs value={last !== undefined && last in tabs ? last : "activity"} onChange={(tab) => void open(tab)} mb="md">
        <Tabs.List>
          {Object.entries(tabs).map(([tab, { label }]) => (
            <Tabs.Tab key={tab} value={tab}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Outlet />
    </>
  );
}

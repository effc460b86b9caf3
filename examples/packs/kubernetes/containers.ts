export interface Container {
  name: string;
  image?: string;
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  securityContext?: { privileged?: boolean };
}

interface Pod {
  spec?: { containers?: Container[]; initContainers?: Container[] };
}

/** Where the pod is in the objects that start some. */
const PODS: Record<string, (props: any) => Pod | undefined> = {
  "kubernetes:core/v1:Pod": (props) => props,
  "kubernetes:apps/v1:Deployment": (props) => props.spec?.template,
  "kubernetes:apps/v1:StatefulSet": (props) => props.spec?.template,
  "kubernetes:apps/v1:DaemonSet": (props) => props.spec?.template,
  "kubernetes:batch/v1:Job": (props) => props.spec?.template,
  "kubernetes:batch/v1:CronJob": (props) => props.spec?.jobTemplate?.spec?.template,
};

/** @returns the containers that a resource starts, or undefined for one that can't start any */
export function containersOf(type: string, props: any): Container[] | undefined {
  const podOf = PODS[type];
  if (!podOf) return undefined;
  const { containers = [], initContainers = [] } = podOf(props)?.spec ?? {};
  return [...initContainers, ...containers];
}

/** A stack in the paths of the API. */
export interface StackParams {
  orgName: string;
  projectName: string;
  stackName: string;
}

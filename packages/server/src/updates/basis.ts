/** On what a run was based whose client did not run what it was told when the run was made. It is kept with the update, and shown in its receipt. */
export interface Basis {
  /** A file with what the stack had to run when it was made. */
  requirements?: {
    made: string;
    expires: string;
    /** What else is required now that the run is registered, in sentences for people. */
    changed: string[];
  };
  /** Why somebody ran it without what it must run. */
  breakGlass?: string;
  /** When it ran, as its client says, because it was registered afterwards. */
  ran?: { from: string; to: string };
}

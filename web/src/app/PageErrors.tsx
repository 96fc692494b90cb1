import { Component, type ReactNode } from "react";

import { Failure } from "../ui/Waiting.tsx";

/** Keeps the frame of the page where one of its pages fails, mostly since its script could not be loaded. */
export class PageErrors extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    // A browser remembers a module that failed; only loading the page anew asks for it again.
    return this.state.error === null ? (
      this.props.children
    ) : (
      <Failure error={this.state.error} retry={() => window.location.reload()} />
    );
  }
}

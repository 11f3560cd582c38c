import type { EChartsCoreOption } from "echarts/core";

/**
 * One picture: plain data that says what to draw. `option` is an ECharts option made of JSON values alone, so
 * that a page can draw the same figure in a browser.
 */
export interface Figure {
  /** Short and unique on a page, `a-z0-9-`: prefix of the identifiers inside the SVG and name of the file. */
  readonly id: string;
  readonly title: string;
  /** How to read it: n, convention, what a band means. Plain text. */
  readonly note: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** `null` where there is nothing to draw; `note` then says why. */
  readonly option: EChartsCoreOption | null;
}

import { expect, it } from "vitest";
import { safeReturn } from "./return";

it("sign-in returns to a page of this site only", () => {
  expect(safeReturn("/customers?q=zsf")).toBe("/customers?q=zsf");
  expect(safeReturn(null)).toBe("/");
  expect(safeReturn("https://elsewhere.example")).toBe("/");
  expect(safeReturn("//elsewhere.example")).toBe("/");
  expect(safeReturn("/\\elsewhere.example")).toBe("/");
});

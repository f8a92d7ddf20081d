import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { useHotkeys } from "./useHotkeys";

afterEach(cleanup);

function Page({ keys }: { keys: Record<string, () => void> }) {
  useHotkeys(keys);
  return (
    <>
      <input aria-label="text" />
      <input type="checkbox" aria-label="box" />
      <button type="button">press</button>
    </>
  );
}

function page() {
  const pressed = { j: vi.fn(), Enter: vi.fn(), "?": vi.fn() };
  return { ...render(<Page keys={pressed} />), pressed };
}

it("a single key moves through the list", () => {
  const { pressed } = page();
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "?" });
  expect(pressed.j).toHaveBeenCalledOnce();
  expect(pressed["?"]).toHaveBeenCalledOnce();
});

it("a key typed into a field is text", () => {
  const { pressed, getByLabelText } = page();
  fireEvent.keyDown(getByLabelText("text"), { key: "j" });
  expect(pressed.j).not.toHaveBeenCalled();
  fireEvent.keyDown(getByLabelText("box"), { key: "j" });
  expect(pressed.j).toHaveBeenCalledOnce();
});

it("a browser shortcut and an input method keep their keys", () => {
  const { pressed } = page();
  fireEvent.keyDown(document.body, { key: "j", ctrlKey: true });
  fireEvent.keyDown(document.body, { key: "j", metaKey: true });
  fireEvent.keyDown(document.body, { key: "j", isComposing: true });
  expect(pressed.j).not.toHaveBeenCalled();
});

it("Enter on a button presses the button, not the page", () => {
  const { pressed, getByText } = page();
  fireEvent.keyDown(getByText("press"), { key: "Enter" });
  expect(pressed.Enter).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "Enter" });
  expect(pressed.Enter).toHaveBeenCalledOnce();
});

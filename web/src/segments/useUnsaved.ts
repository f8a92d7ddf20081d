import { App } from "antd";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";

interface Texts {
  title: string;
  text: string;
  leave: string;
  stay: string;
}

/** Ask before a page is left whose changes are not saved. Gives what lets go: called when they are saved. */
export function useUnsaved(unsaved: boolean, said?: Texts): () => void {
  const { t } = useTranslation("segments");
  const [title, text, leave, stay] = said
    ? [said.title, said.text, said.leave, said.stay]
    : [t("unsaved.title"), t("unsaved.text"), t("unsaved.leave"), t("unsaved.stay")];
  const { modal } = App.useApp();
  const saved = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      unsaved && !saved.current && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const asked = modal.confirm({
      title,
      content: text,
      okText: leave,
      cancelText: stay,
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    });
    return () => asked.destroy();
  }, [blocker, modal, title, text, leave, stay]);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => {
      if (!saved.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
  return useCallback(() => {
    saved.current = true;
  }, []);
}

import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { body, client, type Schemas } from "@/app/client";
import { follow } from "../live";

const SECONDS = 20;

/** Says quietly, on whichever page is open, what a live event has just put on the viewer's list. */
export function LiveAlerts() {
  const { t } = useTranslation("care");
  const { notification } = App.useApp();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const newest = useRef<number | null>(null);

  const show = (alert: Schemas["LiveAlertOut"]) => {
    const key = `live-${alert.id}`;
    const open = () => {
      notification.destroy(key);
      void navigate(`/workbench?task=${alert.task_id}`);
    };
    notification.info({
      key,
      placement: "topRight",
      title: t("live.title", { name: alert.name, event: alert.event }),
      description: t("live.now", { text: alert.text || alert.event }),
      duration: SECONDS,
      actions: (
        <Button size="small" type="primary" onClick={open}>
          {t("live.open")}
        </Button>
      ),
    });
    void queries.invalidateQueries({ queryKey: ["customer", alert.customer_id] });
  };
  const tell = useEffectEvent(async (after: number) => {
    void queries.invalidateQueries({ queryKey: ["workbench"] });
    const { alerts } = await body(client.GET("/api/live-alerts", { params: { query: { after } } }));
    [...alerts].reverse().forEach(show);
  });

  useEffect(() => {
    let ends = new AbortController();
    // A page that nobody looks at holds no stream: a browser has six connections for all of its windows.
    const look = () => {
      ends.abort();
      if (document.visibilityState === "hidden") return;
      ends = new AbortController();
      const { signal } = ends;
      void follow(
        newest.current,
        (told) => {
          if (signal.aborted) return;
          newest.current = told.newest;
          if (told.news) tell(told.after).catch(() => undefined); // the list has been asked anew: it tells
        },
        signal,
      );
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      ends.abort();
    };
  }, []);
  return null;
}

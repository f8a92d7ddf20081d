import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { activity } from "@/shared/activity";
import { useMe } from "../api";
import { leftOf, type SessionEnd } from "../ending";

/** Asks, a minute before the session ends, whether the person is still there. */
export function EndWatch() {
  const { t } = useTranslation("access");
  const { refetch, data, dataUpdatedAt: at, isFetching } = useMe();
  const [asked, setAsked] = useState<SessionEnd | null>(null);
  const [told, setTold] = useState(false);
  const session = data?.session;

  useEffect(() => {
    if (!session) return;
    const look = () => {
      const end = leftOf(session, at, activity.last(), Date.now());
      const ask = end.seconds <= session.warning && !(end.last && told);
      activity.pause(ask);
      setAsked(ask ? end : null);
      if (!isFetching && (end.tell || end.seconds <= 0)) void refetch();
    };
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [session, at, isFetching, refetch, told]);
  useEffect(() => () => activity.pause(false), []);

  const stay = () => {
    if (asked?.last) setTold(true);
    activity.pause(false);
    activity.touch();
    setAsked(null);
    void refetch();
  };
  const last = asked?.last ?? false;
  return (
    <Modal
      open={asked !== null}
      title={t(last ? "ending.last" : "ending.title")}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" autoFocus onClick={stay}>
          {t(last ? "ending.understood" : "ending.stay")}
        </Button>
      }
    >
      <p>{t(last ? "ending.lastHint" : "ending.hint", { seconds: Math.max(0, asked?.seconds ?? 0) })}</p>
    </Modal>
  );
}

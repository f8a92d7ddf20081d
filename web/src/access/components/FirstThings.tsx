import { Button, Segmented, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Logo } from "@/app/components/Logo";
import { ProblemView } from "@/shared/components/ProblemView";
import { useMe, useSecurity, useSignOut, type Me } from "../api";
import { passkeysWork } from "../passkeys";
import styles from "./access.module.css";
import { FactorSetup } from "./FactorSetup";
import { PasswordForm } from "./PasswordForm";

/** What must be done before anything else: a new password, a second step. Then the way is open. */
export function FirstThings({ me, onDone }: { me: Me; onDone: () => void }) {
  const { t } = useTranslation("access");
  const { refetch } = useMe();
  const security = useSecurity();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const [must, setMust] = useState(me.must);
  const [way, setWay] = useState<"totp" | "webauthn">("totp");
  const [keeping, setKeeping] = useState(false);
  const next = () =>
    void refetch().then(({ data }) => {
      if (!data) return;
      setMust(data.must);
      if (!data.must) onDone();
    });
  return (
    <main className={styles.page}>
      <section className={styles.card}>
        <div className={styles.brand}>
          <Logo size={40} />
          <div>
            <h1>{t(must === "password" ? "first.password" : "first.second")}</h1>
            <p>{t(must === "password" ? "first.passwordHint" : "first.secondHint", { name: me.name })}</p>
          </div>
        </div>
        {security.error && <ProblemView error={security.error} onRetry={() => void security.refetch()} />}
        {security.isPending && <Skeleton active />}
        {security.data && must === "password" && <PasswordForm rules={security.data} onDone={next} />}
        {security.data && must !== "password" && (
          <>
            {passkeysWork() && !keeping && (
              <Segmented
                block
                value={way}
                onChange={setWay}
                options={[
                  { value: "totp", label: t("first.totp") },
                  { value: "webauthn", label: t("first.webauthn") },
                ]}
              />
            )}
            <FactorSetup
              key={way}
              what={way}
              confirm={security.data.confirm}
              onDone={next}
              onCodes={() => setKeeping(true)}
            />
          </>
        )}
        {!keeping && (
          <div className={styles.ways}>
            <Button
              type="link"
              onClick={() => signOut.mutate(undefined, { onSettled: () => void navigate("/sign-in") })}
            >
              {t("first.leave")}
            </Button>
          </div>
        )}
      </section>
    </main>
  );
}

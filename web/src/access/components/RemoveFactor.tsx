import { Button, Form, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { ProblemView } from "@/shared/components/ProblemView";
import { useRemoveFactor } from "../api";
import styles from "./access.module.css";
import { PasswordAgain } from "./FactorSetup";

interface Props {
  factor: Schemas["FactorOut"] | null;
  confirm: boolean;
  last: boolean;
  onDone: () => void;
}

/** Ask before a second step is taken away. */
export function RemoveFactor({ factor, confirm, last, onDone }: Props) {
  const { t } = useTranslation("access");
  const remove = useRemoveFactor();
  const close = () => {
    remove.reset();
    onDone();
  };
  return (
    <Modal
      open={factor !== null}
      title={factor && t("remove.title", { name: factor.name || t(`kind.${factor.kind}`) })}
      footer={null}
      onCancel={close}
      destroyOnHidden
    >
      <Form<{ password?: string }>
        layout="vertical"
        requiredMark={false}
        className={styles.form}
        onFinish={({ password }) =>
          factor && remove.mutate({ number: factor.id, password: password ?? "" }, { onSuccess: close })
        }
      >
        <p className={styles.rules}>{t(last ? "remove.last" : "remove.hint")}</p>
        {remove.error && <ProblemView error={remove.error} />}
        {confirm && <PasswordAgain />}
        <Button danger htmlType="submit" loading={remove.isPending}>
          {t("remove.action")}
        </Button>
      </Form>
    </Modal>
  );
}

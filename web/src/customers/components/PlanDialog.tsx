import { App, Modal, Skeleton } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import type { Schemas } from "@/app/client";
import { useAssignCustomers, usePlan } from "../ownershipApi";
import styles from "./ownership.module.css";

/** 自动分配: what it would do, before it does it. */
export function PlanDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["customers", "shared"]);
  const { message } = App.useApp();
  const plan = usePlan();
  const assign = useAssignCustomers();
  const { mutate } = plan;
  useEffect(() => mutate(null), [mutate]);
  const pairs = plan.data?.pairs ?? [];
  const columns: Column<Schemas["PlanLine"]>[] = [
    {
      key: "who",
      title: t("poolPage.manager"),
      render: ({ person }) => (
        <span className={styles.stack}>
          <b>{person.user.name}</b>
          <small>{person.org_name}</small>
        </span>
      ),
    },
    { key: "has", title: t("poolPage.has"), align: "right", render: ({ person }) => count(person.customers) },
    { key: "gets", title: t("poolPage.gets"), align: "right", render: ({ gets }) => `+${count(gets)}` },
    {
      key: "most",
      title: t("poolPage.capacity"),
      align: "right",
      render: ({ person }) => count(person.capacity),
    },
  ];
  return (
    <Modal
      open
      title={t("poolPage.auto")}
      okText={t("poolPage.doAuto", { count: pairs.length })}
      okButtonProps={{ disabled: pairs.length === 0 }}
      confirmLoading={assign.isPending}
      onCancel={onClose}
      onOk={() =>
        assign.mutate(pairs, {
          onSuccess: ({ done, taken }) => {
            void message.success(t("poolPage.autoDone", { count: done }));
            if (taken.length) void message.warning(t("poolPage.autoTaken", { count: taken.length }));
            onClose();
          },
        })
      }
    >
      <div className={styles.form}>
        <span className={styles.quiet}>{t("poolPage.autoHow")}</span>
        {plan.isPending && <Skeleton active />}
        {plan.error && <ProblemView error={plan.error} />}
        {plan.data && pairs.length === 0 && <span>{t("poolPage.autoNobody")}</span>}
        {plan.data && pairs.length > 0 && (
          <DataTable rowKey={({ person }) => person.user.id} columns={columns} rows={plan.data.people} />
        )}
        {plan.data && plan.data.left_over > 0 && (
          <span className={styles.quiet}>{t("poolPage.leftOver", { count: plan.data.left_over })}</span>
        )}
        {assign.error && <ProblemView error={assign.error} />}
      </div>
    </Modal>
  );
}

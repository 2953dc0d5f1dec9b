/*
 * The part of the auditor for losses and conversion. See auditor_parts.h.
 */
#ifndef RK_SUPPORT_AUDITOR_CONVERSION_H
#define RK_SUPPORT_AUDITOR_CONVERSION_H

#include "support/auditor_model.h"

struct audit_health;

/* What the loan of a balance is when the balance is another (J1). */
int64_t audit_loan_after(const struct book_balance *was, rk_i128 after);
/* With interest: the loan, and the rest of a debt. */
int64_t audit_loan(const struct rk_book *b, uint32_t account, uint32_t asset);
int64_t audit_loss(const struct rk_book *b, uint32_t account, uint32_t asset);
/* The balance was taken out of on purpose; before: settled. */
void audit_borrowed(struct rk_book *b, uint32_t account, uint32_t asset,
		    rk_i128 before);

int audit_conversion(struct rk_auditor *a, const struct rk_cmd_conversion *cmd);
int audit_convert(struct rk_auditor *a, const struct rk_cmd_convert *cmd);
bool audit_conversion_due(const struct rk_book *b, uint32_t account);
void audit_convert_debts(struct rk_auditor *a, uint32_t account,
			 const struct audit_health *h);
bool audit_is_conversion(const struct book_order *order);
/* Why it is to be closed; 0: it is not. */
uint32_t audit_conversion_over(const struct rk_book *b,
			       const struct book_order *order);
void audit_tell_conversion(struct rk_auditor *a, enum rk_event_type type,
			   const struct book_order *order, uint32_t reason);

/* auditor_order.c */
bool audit_take_record(struct rk_book *b);
void audit_close_order(struct rk_auditor *a, struct book_order *order,
		       enum rk_close_reason reason);

#endif

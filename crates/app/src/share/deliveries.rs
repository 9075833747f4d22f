//! Handing a packet over, and what the other side confirmed.

use std::sync::Arc;

use consilium_casefile::share::deliveries;
use consilium_casefile::share::{Delivery, Receipt};
use consilium_casefile::{Case, CaseId, DeliveryId, Session};

use crate::error::AppError;
use crate::{App, ids};

impl App {
    /// Notes that a packet was handed over: the act by which records leave. Returns the id as well.
    ///
    /// # Errors
    /// A refusal when there is no such packet, or nobody is named.
    pub async fn deliver(
        &self,
        session: &Session,
        id: &CaseId,
        delivery: Delivery,
    ) -> Result<(Arc<Case>, DeliveryId), AppError> {
        let delivery = Delivery { id: ids::new(), ..delivery };
        let today = self.now().date();
        // A form that is sent twice says one thing.
        let written = |case: &Case| {
            let known = case.held_share().deliveries.iter().find(|held| held.is_as(&delivery));
            known.map(|held| held.delivery.id.clone())
        };
        let rule = |case: &Case| match written(case) {
            Some(_) => Ok(Vec::new()),
            None => Ok(vec![deliveries::deliver(case.held_share(), delivery.clone(), today)?]),
        };
        let case = self.change(session, id, rule).await?;
        let id = written(&case).unwrap_or_else(|| delivery.id.clone());
        Ok((case, id))
    }

    /// Notes what the other side confirmed, or says is missing.
    ///
    /// # Errors
    /// A refusal when it names what was not in the packet, or nothing.
    pub async fn confirm_receipt(
        &self,
        session: &Session,
        id: &CaseId,
        receipt: Receipt,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        self.change(session, id, |case| Ok(vec![deliveries::receipt(case.held_share(), receipt.clone(), today)?])).await
    }

    /// Takes a receipt back that was written down of the wrong delivery: its number, counted from 1 as they stand.
    ///
    /// # Errors
    /// A refusal when there is no such delivery or receipt.
    pub async fn withdraw_receipt(
        &self,
        session: &Session,
        id: &CaseId,
        delivery: &DeliveryId,
        number: u32,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| Ok(vec![deliveries::withdraw_receipt(case.held_share(), delivery, number)?]);
        self.change(session, id, rule).await
    }

    /// Takes a delivery back that did not happen.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn withdraw_delivery(
        &self,
        session: &Session,
        id: &CaseId,
        delivery: &DeliveryId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![deliveries::withdraw(case.held_share(), delivery)?])).await
    }
}

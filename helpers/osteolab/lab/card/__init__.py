"""The card of a lab: rail, stage, plans, question, menu and what follows the page. It knows nothing of bone."""

"""A component that the RAG example carries with it, so that it needs no vector store."""

from langchain_core.vectorstores import InMemoryVectorStore
from lfx.custom.custom_component.component import Component
from lfx.io import HandleInput, IntInput, MessageTextInput, Output
from lfx.schema.message import Message


class SearchInMemoryComponent(Component):
    display_name = "Search in Memory"
    description = (
        "Finds the pieces of a text that fit a question. Embeds all in each run: for more, take a vector store."
    )
    icon = "Search"
    name = "SearchInMemory"

    inputs = [
        HandleInput(name="pieces", display_name="Pieces", input_types=["DataFrame", "Table"], required=True),
        HandleInput(name="embeddings", display_name="Embeddings", input_types=["Embeddings"], required=True),
        MessageTextInput(name="question", display_name="Question", required=True),
        IntInput(name="most", display_name="Most Pieces", value=2),
    ]
    outputs = [Output(name="found", display_name="Found", method="find")]

    async def find(self) -> Message:
        store = InMemoryVectorStore(self.embeddings)
        await store.aadd_texts([str(text) for text in self.pieces["text"]])
        found = await store.asimilarity_search(self.question, k=self.most)
        return Message(text="\n\n".join(document.page_content for document in found))

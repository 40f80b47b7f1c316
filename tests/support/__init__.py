"""What tests share: corpora, waiting, and Fake* classes that stand in for a port."""
